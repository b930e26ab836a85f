"""The script of the WebUI's own guide to its API, around a folder: one file after the other, whole answers in memory.

With PIL, as the guide has it, each picture is opened and saved anew; without it, its bytes are written as they came.
"""

import base64
import io
import json
import os
import sys
import time

import requests

try:
    from PIL import Image
except ImportError:
    Image = None

url, drop, outputs = sys.argv[1:]
os.makedirs(outputs, exist_ok=True)
while True:
    for name in sorted(os.listdir(drop)):
        if not name.endswith(".json"):
            continue
        path = os.path.join(drop, name)
        with open(path) as file:
            payload = json.load(file)
        answer = requests.post(url=f"{url}/sdapi/v1/txt2img", json=payload).json()
        for number, picture in enumerate(answer["images"], 1):
            data = base64.b64decode(picture.split(",", 1)[-1])
            to = os.path.join(outputs, f"{name[:-5]}-{number}.png")
            if Image:
                Image.open(io.BytesIO(data)).save(to)
            else:
                with open(to, "wb") as file:
                    file.write(data)
        os.remove(path)
    time.sleep(0.02)
