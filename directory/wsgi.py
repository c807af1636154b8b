"""The application as a WSGI server finds it."""

from directory.app import create_app

app = create_app()
