"""What helps at the desk; the app needs none of it."""
