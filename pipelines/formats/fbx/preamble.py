"""What surrounds the objects of an FBX file: who wrote it, its frame and unit, how many objects of each class."""

from __future__ import annotations

from collections import Counter

from pipelines.formats.fbx.records import (
    CREATED,
    FILE_ID,
    VERSION,
    Id,
    Record,
    choice,
    double,
    integer,
    named,
    prop,
    table,
    words,
)

PROGRAM = "Meshkiln"
# Nothing in a file tells when it was made: the same scene is the same bytes. The time fits the file's id.
DATE = {
    "Version": 1000,
    "Year": 1970,
    "Month": 1,
    "Day": 1,
    "Hour": 10,
    "Minute": 0,
    "Second": 0,
    "Millisecond": 0,
}
# One second in FBX's unit of time.
SECOND = 46_186_158_000


def whole(objects: list[Record], connections: list[Record], first_id: int) -> list[Record]:
    """All records of a file, in the order that readers expect."""
    return [
        _extension(),
        Record("FileId", (FILE_ID,)),
        Record("CreationTime", (CREATED,)),
        Record("Creator", (PROGRAM,)),
        _settings(),
        _documents(Id(first_id)),
        Record("References"),
        _definitions(objects),
        Record("Objects", (), objects),
        Record("Connections", (), connections),
        Record("Takes", (), [Record("Current", ("",))]),
    ]


def joined(child: int, parent: int, place: str = "") -> Record:
    """A connection: an object to an object (0 is the scene), or to one of its properties."""
    if place:
        return Record("C", ("OP", Id(child), Id(parent), place))
    return Record("C", ("OO", Id(child), Id(parent)))


def _extension() -> Record:
    stamp = [Record(name, (value,)) for name, value in DATE.items()]
    return Record(
        "FBXHeaderExtension",
        (),
        [
            Record("FBXHeaderVersion", (1003,)),
            Record("FBXVersion", (VERSION,)),
            Record("EncryptionType", (0,)),
            Record("CreationTimeStamp", (), stamp),
            Record("Creator", (PROGRAM,)),
            _scene_info(),
        ],
    )


def _scene_info() -> Record:
    about = ("Title", "Subject", "Author", "Keywords", "Revision", "Comment")
    rows = []
    for group in ("Original", "LastSaved"):
        rows.append(prop(group, "Compound"))
        rows.append(words(f"{group}|ApplicationVendor", PROGRAM))
        rows.append(words(f"{group}|ApplicationName", PROGRAM))
    inside = [
        Record("Type", ("UserData",)),
        Record("Version", (100,)),
        Record(
            "MetaData", (), [Record("Version", (100,)), *(Record(name, ("",)) for name in about)]
        ),
        table(*rows),
    ]
    return Record("SceneInfo", (named("GlobalInfo", "SceneInfo"), "UserData"), inside)


def _settings() -> Record:
    """Y up, front to +Z, X to the right-handed side; the unit is the centimetre."""
    rows = [
        integer("UpAxis", 1),
        integer("UpAxisSign", 1),
        integer("FrontAxis", 2),
        integer("FrontAxisSign", 1),
        integer("CoordAxis", 0),
        integer("CoordAxisSign", 1),
        integer("OriginalUpAxis", 1),
        integer("OriginalUpAxisSign", 1),
        double("UnitScaleFactor", 1.0),
        double("OriginalUnitScaleFactor", 1.0),
        prop("AmbientColor", "ColorRGB", 0.0, 0.0, 0.0, label="Color"),
        words("DefaultCamera", "Producer Perspective"),
        choice("TimeMode", 11),
        prop("TimeSpanStart", "KTime", Id(0), label="Time"),
        prop("TimeSpanStop", "KTime", Id(SECOND), label="Time"),
        double("CustomFrameRate", 24.0),
    ]
    return Record("GlobalSettings", (), [Record("Version", (1000,)), table(*rows)])


def _documents(uid: Id) -> Record:
    rows = table(prop("SourceObject", "object"), words("ActiveAnimStackName", ""))
    document = Record("Document", (uid, "Scene", "Scene"), [rows, Record("RootNode", (Id(0),))])
    return Record("Documents", (), [Record("Count", (1,)), document])


def _definitions(objects: list[Record]) -> Record:
    counts = Counter(record.name for record in objects)
    kinds = [("GlobalSettings", 1), *sorted(counts.items())]
    rows = [Record("ObjectType", (kind,), [Record("Count", (count,))]) for kind, count in kinds]
    total = Record("Count", (sum(count for _, count in kinds),))
    return Record("Definitions", (), [Record("Version", (100,)), total, *rows])
