"""The usual script with watchdog: each file that appears goes to one of two threads, which post it and write what comes.

Its author has heard neither of the end of the kernel's queue of events nor of files that were there before.
"""

import base64
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import requests
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

url, drop, outputs = sys.argv[1:]
os.makedirs(outputs, exist_ok=True)
session = requests.Session()
pool = ThreadPoolExecutor(2)


def work(path):
    with open(path) as file:
        payload = json.load(file)
    answer = session.post(f"{url}/sdapi/v1/txt2img", json=payload).json()
    for number, picture in enumerate(answer["images"], 1):
        name = os.path.basename(path)[:-5]
        with open(os.path.join(outputs, f"{name}-{number}.png"), "wb") as file:
            file.write(base64.b64decode(picture))
    os.remove(path)


class Dropped(FileSystemEventHandler):
    def on_created(self, event):
        self.take(event.src_path)

    def on_moved(self, event):
        self.take(event.dest_path)

    def take(self, path):
        if path.endswith(".json"):
            pool.submit(work, path)


observer = Observer()
observer.schedule(Dropped(), drop)
observer.start()
observer.join()
