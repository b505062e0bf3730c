"""The container images: built with buildah, looked through, and run as their user on a read-only root."""
