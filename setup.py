"""The addresses of the project, which only the workflow that builds it can know."""

import os

from setuptools import setup

SERVER = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
REPOSITORY = os.environ.get("GITHUB_REPOSITORY")  # such as owner/name


def addresses():
    """Name the pages of the repository."""
    home = f"{SERVER}/{REPOSITORY}"
    return {
        "Repository": home,
        "Issues": f"{home}/issues",
        "Changelog": f"{home}/blob/main/CHANGELOG.md",
    }


setup(project_urls=addresses() if REPOSITORY else {})
