#!/bin/sh
# Lays /opt/ricloop, the environment that an image runs: install.sh REQUIREMENT... (pip's own words). The Dockerfile calls it,
# in a stage that has pip; the environment itself has none.
set -eu

python3 -m venv --without-pip /opt/ricloop
pip --python /opt/ricloop/bin/python install --no-cache-dir --no-compile --constraint /src/constraints.txt "$@"

cd /opt/ricloop
# What no process here reads: the tests of packages, types and headers for compilers, other shells' activation scripts.
find lib -type d \( -name tests -o -name test \) -path '*/site-packages/*' -prune -exec rm -rf {} +
find lib -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.h' -o -name '*.a' -o -name '*.c' \) -delete
# The second client of Kubernetes in its package, for asyncio: as large as the first, and never imported.
rm -rf lib/python3.*/site-packages/kubernetes/aio
rm -rf bin/activate* bin/Activate* include share
# Commands that packages bring (f2py, onnxruntime's test, …): one is meant to be run here.
find bin -type f ! -name ricloop -delete
# Compiled once and never compared with their sources again: the root is read-only, and a start looks at fewer files.
# (What PyTorch tests itself with is in a later Python's words.)
bin/python -m compileall -q -j 0 -x torch/testing/_internal --invalidation-mode unchecked-hash lib
