"""Contact points: functions, never persons."""
