"""The list of a meeting: invited, noted, locked, corrected, printed."""

from django.urls import path

from missions.views import attendance, room

CPTS = "<int:cpts_id>/"
MEETING = f"{CPTS}reunions/<int:pk>/"
LINE = f"{CPTS}presences/<int:pk>/"
CORRECTION = f"{CPTS}corrections/<int:pk>/"

urlpatterns = [
    path(f"{MEETING}inviter/", attendance.MeetingInvite.as_view(), name="meeting-invite"),
    path(f"{MEETING}pointage/", attendance.MeetingCheckIn.as_view(), name="meeting-check-in"),
    path(f"{MEETING}salle/", room.MeetingRoom.as_view(), name="meeting-room"),
    path(f"{MEETING}salle/code/", room.MeetingRoomCode.as_view(), name="meeting-room-code"),
    path(f"{MEETING}verrouiller/", attendance.MeetingLock.as_view(), name="meeting-lock"),
    path(f"{MEETING}rouvrir/", attendance.MeetingUnlock.as_view(), name="meeting-unlock"),
    path(f"{MEETING}feuille-de-presence.pdf", attendance.MeetingSheetPdf.as_view(), name="meeting-sheet"),
    path(f"{LINE}pointer/", attendance.AttendanceTap.as_view(), name="attendance-tap"),
    path(f"{LINE}horaires/", attendance.AttendanceHours.as_view(), name="attendance-hours"),
    path(f"{LINE}retirer/", attendance.AttendanceRemove.as_view(), name="attendance-remove"),
    path(f"{LINE}corriger/", attendance.AttendanceCorrect.as_view(), name="attendance-correct"),
    path(f"{CORRECTION}accepter/", attendance.CorrectionAccept.as_view(), name="correction-accept"),
    path(f"{CORRECTION}refuser/", attendance.CorrectionRefuse.as_view(), name="correction-refuse"),
]
