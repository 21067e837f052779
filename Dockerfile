FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# The letters of the languages in which families take their page along on paper.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-core && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home betterstart
WORKDIR /app

COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock

COPY . .
# Both need the settings, and the settings need a key; this one never serves anybody.
RUN SECRET_KEY=only-to-build python manage.py compilemessages && \
    SECRET_KEY=only-to-build python manage.py collectstatic --noinput

USER betterstart
EXPOSE 8000
CMD ["gunicorn", "betterstart.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
     "--logger-class", "betterstart.logs.AccessLog"]
