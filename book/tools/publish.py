"""The branch that Colab and Binder open: the notebooks of the published site.

A workflow of GitHub says in its environment which repository and which commit it runs
in.
"""

import os
import subprocess
from pathlib import Path

BRANCH = "notebooks"


def repository():
    """The address of the workflow's repository; None outside of a workflow."""
    name = os.environ.get("GITHUB_REPOSITORY")  # such as owner/name
    return (
        name and f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
    )


def address():
    """The address of the published site, which ends in a slash; None without one.

    SITE_URL says it, where it is a domain of its own. Else it is that of GitHub Pages.
    """
    if url := os.environ.get("SITE_URL"):
        return url.rstrip("/") + "/"
    if not repository():
        return None
    owner, name = os.environ["GITHUB_REPOSITORY"].split("/")
    home = f"{owner.lower()}.github.io"
    return f"https://{home}/" + ("" if name.lower() == home else f"{name}/")


def requirement():
    """What pip installs: the package at the commit that computed the notebooks."""
    return f"git+{repository()}@{os.environ.get('GITHUB_SHA', 'HEAD')}"


def publish(folder):
    """Make the folder of the notebooks a branch with one commit, ready to be pushed."""
    actor = os.environ["GITHUB_ACTOR"]
    requirements = Path(folder) / "requirements.txt"  # Binder installs it
    requirements.write_text(requirement() + "\n", encoding="utf-8", newline="\n")
    who = [
        "-c",
        f"user.name={actor}",
        "-c",
        f"user.email={actor}@users.noreply.github.com",
    ]
    message = f"Notebooks of {os.environ['GITHUB_SHA']}"
    for command in (
        ["init", "--quiet", "--initial-branch", BRANCH],
        ["add", "."],
        [*who, "commit", "--quiet", "--message", message],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
