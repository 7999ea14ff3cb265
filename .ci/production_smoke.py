"""Starts gunicorn with production settings on an empty database and asks for the public page and its style sheet."""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HEADERS = {"Host": "portail.example.fr", "X-Forwarded-Proto": "https"}
PYTHON = [sys.executable]


def get(url: str) -> tuple[int, str, dict]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=HEADERS), timeout=10) as answer:  # noqa: S310
        return answer.status, answer.read().decode(), dict(answer.headers)


def wait_for(url: str) -> tuple[int, str, dict]:
    for _ in range(60):
        try:
            return get(url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise SystemExit(f"{url} does not answer")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        env = {
            **{name: value for name, value in os.environ.items() if name not in ("DEBUG", "DJANGO_SETTINGS_MODULE")},
            "SECRET_KEY": secrets.token_urlsafe(64),
            "IBAN_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": HEADERS["Host"],
            "DATABASE_URL": f"sqlite:///{folder}/portail.sqlite3",
            "DATA_DIR": folder,
            "EMAIL_URL": "smtp://localhost:25",
            "DEBUG": "false",
        }
        for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            subprocess.run([*PYTHON, "manage.py", *command], env=env, check=True)  # noqa: S603
        server = subprocess.Popen(  # noqa: S603
            [*PYTHON, "-m", "gunicorn", "cpts_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
            env=env,
        )
        try:
            look(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(10)


def look(base: str) -> None:
    status, page, headers = wait_for(f"{base}/")
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
    if status != 200 or sheet is None:
        raise SystemExit(f"The public page answered {status} without a style sheet of ours")
    if "script-src" not in (policy := headers["Content-Security-Policy"]) and "default-src 'self'" not in policy:
        raise SystemExit("The public page came without its content policy")
    if get(f"{base}{sheet[1]}")[0] != 200:
        raise SystemExit(f"{sheet[1]} is not served")


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    main()
