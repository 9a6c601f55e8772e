# Sawaru with the CPU build of torch. See docs/deploy.md.
FROM python:3.11-slim

WORKDIR /srv/sawaru
COPY requirements.txt .
RUN sed 's/^torch==\(.*\)$/torch==\1+cpu/' requirements.txt > /tmp/requirements.txt \
 && pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r /tmp/requirements.txt
COPY . .
# Written here, since the disk may be read-only later.
RUN python -m ui.publish

RUN useradd --system sawaru
USER sawaru
EXPOSE 8501
HEALTHCHECK --start-period=30s CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=3)"
CMD ["streamlit", "run", "app.py", "--server.port", "8501", "--server.address", "0.0.0.0", "--server.headless", "true"]
