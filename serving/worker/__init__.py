"""The AI side: lanes, runners, supervisor. Never imports serving.web."""
