"""What somebody invited to a meeting opens without an account: her answer, and her check-in in the room."""

from django.urls import path

from missions.meetings.views import invited, room

app_name = "invited"
urlpatterns = [
    path("salle/envoye/", room.Asked.as_view(), name="asked"),
    path("salle/<int:room_meeting>/<str:room_code>/", room.RoomPage.as_view(), name="room"),
    path("presence/<str:check_in_link>/", room.Confirm.as_view(), name="confirm"),
    path("<str:answer_token>/", invited.Answer.as_view(), name="answer"),
]
