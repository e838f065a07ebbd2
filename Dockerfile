# A worker, or with another command anything of `swtemporal`. Everything that is installed is pinned by hash.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/swtemporal
COPY requirements.lock .
RUN /opt/swtemporal/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE worker.py ./
COPY interpreter interpreter
COPY activities activities
COPY cli cli
RUN /opt/swtemporal/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --create-home --uid 10001 swtemporal
COPY --from=build /opt/swtemporal /opt/swtemporal
ENV PATH=/opt/swtemporal/bin:$PATH
USER swtemporal
WORKDIR /home/swtemporal
ENTRYPOINT ["swtemporal"]
CMD ["worker"]
