"""Contact points: functions that answer for something, and who vouched for them when."""
