"""What a server starts: made by a factory, put together from blueprints and forms."""

from loginapp import create_app

app = create_app()
