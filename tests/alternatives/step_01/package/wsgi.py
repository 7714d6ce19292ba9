"""What the server loads; the app itself is the package beside it."""

from loginpage import create_app

application = create_app()
