import json
import os


def record(call, **row):
    with open(os.environ["RECORD"], "a") as file:
        file.write(json.dumps({"call": call, **row}) + "\n")
