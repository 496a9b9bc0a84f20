"""Attendance files of Microsoft Teams and Zoom: read, shown before anything is written, imported.

reading   bytes → who was in the meeting, and when (pure)
rules     how long somebody was at a session, which mark that is, whose name it is (pure)
queries   what the pages show, and the names that nobody has matched
commands  stage a file, import it, take it back; match a name, set it aside, add a walk-in
"""
