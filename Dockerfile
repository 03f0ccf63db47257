# One image for every process; which one it is, the command says (compose.yaml, docs/operations.md).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/srv/canbao CANBAO_ENV=production CANBAO_VAR=/var/lib/canbao
WORKDIR /srv/canbao
COPY requirements.lock requirements-sms.lock ./
# With the client of the SMS gateway: docker build --build-arg REQUIREMENTS=requirements-sms.lock -t canbao .
ARG REQUIREMENTS=requirements.lock
RUN pip install --no-cache-dir --require-hashes --no-deps -r "$REQUIREMENTS"
COPY config config
COPY models models
COPY tasks tasks
COPY web web
COPY pyproject.toml LICENSE ./
RUN useradd --system --home-dir /var/lib/canbao --create-home canbao && chmod 700 /var/lib/canbao
USER canbao
CMD ["python", "-P", "-m", "web.commands", "doctor"]
