# One image for every process of the suite, the simulators and the operators' commands (docker-compose.yml says which).
FROM python:3.11-slim-bookworm

ENV PATH=/opt/talkoo/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_MMAP_THRESHOLD_=1000000 \
    MALLOC_ARENA_MAX=2

RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/talkoo --shell /usr/sbin/nologin talkoo \
 && install -d -o talkoo -g talkoo -m 700 /var/lib/talkoo /var/lib/talkoo/files /var/lib/talkoo/run

WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /opt/talkoo \
 && pip install --no-cache-dir --no-input --disable-pip-version-check --no-deps --require-hashes -r requirements.lock

COPY chassis chassis
COPY contracts contracts
COPY services services
COPY gateway gateway
COPY ops ops
RUN python -m compileall -q chassis contracts services gateway ops \
 && python -c "from gateway.catalogs import compile_all; compile_all()"

USER talkoo
CMD ["python", "-m", "ops.compose.secrets", "--help"]
