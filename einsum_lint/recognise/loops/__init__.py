"""The reader of loops: a small symbolic execution that turns a nest into updates."""
