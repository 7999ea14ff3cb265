"""Addresses of the room `missions.meetings`."""

from django.urls import path

from missions.meetings.views import attendance, groups, meetings, minutes, participation, room, series
from missions.shared.addresses import CPTS

GROUP = f"{CPTS}groupes/<int:pk>/"
MEETING = f"{CPTS}reunions/<int:pk>/"
LINE = f"{CPTS}presences/<int:pk>/"
CORRECTION = f"{CPTS}corrections/<int:pk>/"

urlpatterns = [
    path(f"{CPTS}participation/", participation.ParticipationPage.as_view(), name="participation"),
    path(f"{CPTS}groupes/", groups.GroupList.as_view(), name="groups"),
    path(f"{CPTS}groupes/ajouter/", groups.GroupAdd.as_view(), name="group-add"),
    path(GROUP, groups.GroupDetail.as_view(), name="group-detail"),
    path(f"{GROUP}modifier/", groups.GroupEdit.as_view(), name="group-edit"),
    path(f"{GROUP}personnes/", groups.GroupPeople.as_view(), name="group-people"),
    path(f"{GROUP}clore/", groups.GroupClose.as_view(), name="group-close"),
    path(f"{CPTS}participations/<int:pk>/animation/", groups.ParticipantLead.as_view(), name="participant-lead"),
    path(f"{CPTS}participations/<int:pk>/depart/", groups.ParticipantEnd.as_view(), name="participant-end"),
    path(f"{CPTS}reunions/", meetings.MeetingList.as_view(), name="meetings"),
    path(f"{CPTS}reunions/ajouter/", meetings.MeetingAdd.as_view(), name="meeting-add"),
    path(MEETING, meetings.MeetingDetail.as_view(), name="meeting-detail"),
    path(f"{MEETING}modifier/", meetings.MeetingEdit.as_view(), name="meeting-edit"),
    path(f"{MEETING}invitations/", meetings.MeetingSend.as_view(), name="meeting-send"),
    path(f"{MEETING}compte-rendu/", minutes.MeetingMinutes.as_view(), name="meeting-minutes"),
    path(f"{MEETING}compte-rendu/publier/", minutes.MeetingPublish.as_view(), name="meeting-publish"),
    path(f"{MEETING}compte-rendu/reprendre/", minutes.MeetingTakeBack.as_view(), name="meeting-take-back"),
    path(f"{MEETING}decisions/", minutes.MeetingDecision.as_view(), name="meeting-decision"),
    path(f"{MEETING}taches/", minutes.MeetingTask.as_view(), name="meeting-task"),
    path(f"{CPTS}decisions/<int:pk>/retirer/", minutes.DecisionRemove.as_view(), name="decision-remove"),
    path(f"{CPTS}taches/<int:pk>/faite/", minutes.TaskDone.as_view(), name="task-done"),
    path(f"{MEETING}repeter/", series.MeetingRepeat.as_view(), name="meeting-repeat"),
    path(f"{MEETING}annuler-la-serie/", series.MeetingStopSeries.as_view(), name="meeting-stop-series"),
    path(f"{MEETING}annuler/", meetings.MeetingCancel.as_view(), name="meeting-cancel"),
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
