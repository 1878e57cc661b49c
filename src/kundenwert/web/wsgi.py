"""The application that a server runs."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenwert.web.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from django.core.wsgi import get_wsgi_application

from kundenwert.web.serve import end_with_server

application = get_wsgi_application()
end_with_server()
