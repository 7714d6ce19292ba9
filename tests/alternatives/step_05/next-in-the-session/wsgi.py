from club import create_app

application = create_app()
