from django.urls import path

from families.views import calendar

# In the calendar one uses anyway
calendar_urls = [
    path("me/calendar/", calendar.my_calendar, name="my-calendar"),
    path("me/calendar/take-back/", calendar.calendar_take_back, name="calendar-take-back"),
    path("calendar/<str:token>/visits.ics", calendar.calendar_feed, name="calendar-feed"),
]
