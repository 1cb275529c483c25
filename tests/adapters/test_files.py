import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from harbour.adapters.files import (
    AlreadyStored,
    LocalFiles,
    NotStored,
    ObjectFiles,
    StoreFailed,
    file_store,
)

KEY = "photos/2026/ab12.jpg"


class Bucket(BaseHTTPRequestHandler):
    """As much of an S3 store as a file store speaks to, in memory."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    failing = False

    def answer(self, status, body=b"", head=False):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 06:05:00 GMT")
        self.send_header("ETag", f'"{sha256(body).hexdigest()}"')
        self.end_headers()
        if not head:
            self.wfile.write(body)

    def key(self):
        return unquote(urlsplit(self.path).path).removeprefix("/bucket/")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.failing:
            return self.answer(503)
        if self.headers.get("If-None-Match") == "*" and self.key() in self.objects:
            return self.answer(412)
        self.objects[self.key()] = body
        return self.answer(200)

    def do_GET(self, *, head=False):
        if self.failing:
            return self.answer(403, head=head)
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            return self.answer(200, self.listed(query.get("prefix", [""])[0]))
        if self.key() not in self.objects:
            return self.answer(404, head=head)
        return self.answer(200, self.objects[self.key()], head=head)

    def listed(self, prefix):
        entries = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(body)}</Size>"
            f"<LastModified>2026-11-23T06:05:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for key, body in self.objects.items()
            if key.startswith(prefix)
        )
        whole = f"<IsTruncated>false</IsTruncated>{entries}"
        return f"<ListBucketResult>{whole}</ListBucketResult>".encode()

    def do_HEAD(self):
        self.do_GET(head=True)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = [part.partition("</Key>")[0] for part in body.split("<Key>")[1:]]
        for key in keys:
            self.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def log_message(self, *_args):
        pass


@pytest.fixture
def bucket(monkeypatch):
    handler = type("OneBucket", (Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_REGION", "local")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return file_store(str(tmp_path / "kept"))
    if request.param == "memory":
        return file_store("memory://")
    request.getfixturevalue("bucket")
    return file_store("s3://bucket/harbour")


# ---- what every store does --------------------------------------------------------------------


def test_what_was_put_is_got_back(store):
    content = bytes(range(256)) * 1000

    store.put(KEY, content)

    assert store.get(KEY) == content
    assert store.exists(KEY)


def test_what_was_put_is_never_overwritten(store):
    store.put(KEY, b"first")

    with pytest.raises(AlreadyStored):
        store.put(KEY, b"second")

    assert store.get(KEY) == b"first"


def test_what_was_not_put_is_not_there(store):
    assert not store.exists(KEY)
    with pytest.raises(NotStored):
        store.get(KEY)


def test_what_is_deleted_is_gone_and_deleting_twice_is_no_error(store):
    store.put(KEY, b"content")

    store.delete(KEY)
    store.delete(KEY)

    assert not store.exists(KEY)
    store.put(KEY, b"again")
    assert store.get(KEY) == b"again"


def test_keys_are_listed_by_how_they_begin(store):
    for key in (KEY, "photos/2026/cd34.jpg", "photos/2025/ef56.jpg", "minutes/7.pdf"):
        store.put(key, b"x")

    assert sorted(store.keys()) == [
        "minutes/7.pdf", "photos/2025/ef56.jpg", "photos/2026/ab12.jpg", "photos/2026/cd34.jpg",
    ]  # fmt: skip
    assert sorted(store.keys("photos/2026/")) == ["photos/2026/ab12.jpg", "photos/2026/cd34.jpg"]
    assert list(store.keys("photos/2026/ab")) == ["photos/2026/ab12.jpg"]
    assert list(store.keys("nothing/")) == []


def test_when_something_was_put_is_known_to_the_second(store):
    store.put(KEY, b"photo")

    found = store.put_at(KEY)

    assert found.tzinfo is not None
    assert found.year >= 2026
    with pytest.raises(NotStored):
        store.put_at("photos/2026/none.jpg")


def test_an_empty_store_lists_nothing(store):
    assert list(store.keys()) == []


def test_a_key_may_be_chinese(store):
    store.put("纪要/第7期.pdf", b"content")

    assert store.get("纪要/第7期.pdf") == b"content"


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../secret", "photos/../../secret", "photos//a.jpg", "photos/", "a\\b",
     ".incoming/x", "photos/.hidden", "a\nb", "a\n", "a\x00b", "a b", "C:a", "-rf", "x" * 300],
)  # fmt: skip
@pytest.mark.parametrize("act", ["put", "get", "exists", "delete"])
def test_a_key_that_leads_astray_is_refused(store, key, act):
    arguments = (key, b"x") if act == "put" else (key,)

    with pytest.raises(ValueError, match="Not a key"):
        getattr(store, act)(*arguments)


def test_of_many_who_put_one_key_at_once_one_succeeds(store):
    def attempt(n):
        try:
            store.put(KEY, str(n).encode() * 10_000)
        except AlreadyStored:
            return None
        return n

    with ThreadPoolExecutor(8) as pool:
        done = [n for n in pool.map(attempt, range(8)) if n is not None]

    assert len(done) == 1
    assert store.get(KEY) == str(done[0]).encode() * 10_000


# ---- the folder -------------------------------------------------------------------------------


def test_content_and_names_are_synced_before_put_returns(tmp_path, monkeypatch):
    steps = []
    sync, link = os.fsync, os.link

    def synced(descriptor):
        steps.append(("sync", Path(f"/proc/self/fd/{descriptor}").resolve()))
        sync(descriptor)

    def linked(source, target):
        steps.append(("name", Path(target)))
        link(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    store = LocalFiles(tmp_path / "kept")

    store.put(KEY, b"content")

    named = steps.index(("name", store.root / KEY))
    content_synced = [
        at for at, (what, path) in enumerate(steps) if path.parent.name == ".incoming"
    ]
    assert content_synced
    assert max(content_synced) < named
    assert steps[named + 1 :] == [("sync", (store.root / KEY).parent)]
    made = {path for what, path in steps[:named] if what == "sync"}
    assert {tmp_path, store.root, store.root / "photos"} <= made


@pytest.mark.parametrize("failing", ["fsync", "link"])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch, failing):
    store = LocalFiles(tmp_path)
    store.put("first.jpg", b"first")

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, failing, full)
        with pytest.raises(OSError, match="No space") as failure:
            store.put("second.jpg", b"second")

    assert failure.value.errno == errno.ENOSPC
    assert list(store.keys()) == ["first.jpg"]
    assert list(store.leftovers()) == []
    store.put("second.jpg", b"second")
    assert store.get("second.jpg") == b"second"


def test_what_a_stopped_machine_left_is_no_key(tmp_path):
    store = LocalFiles(tmp_path)
    store.put(KEY, b"content")
    (tmp_path / ".incoming" / "half").write_bytes(b"con")

    assert list(store.keys()) == [KEY]
    assert [path.name for path in store.leftovers()] == ["half"]


def test_a_folder_is_no_file(tmp_path):
    store = LocalFiles(tmp_path)
    store.put(KEY, b"content")

    assert not store.exists("photos")
    with pytest.raises(NotStored):
        store.get("photos")
    with pytest.raises(NotStored):
        store.get(f"{KEY}/more")
    store.delete(f"{KEY}/more")


# ---- the object store -------------------------------------------------------------------------


def test_a_failing_object_store_says_so_as_a_failing_disk_would(bucket):
    store = file_store("s3://bucket")
    bucket.failing = True

    with pytest.raises(StoreFailed):
        store.get(KEY)
    assert issubclass(StoreFailed, OSError)


def test_the_prefix_of_a_bucket_is_kept(bucket):
    file_store("s3://bucket/harbour").put(KEY, b"content")

    assert list(bucket.objects) == [f"harbour/{KEY}"]


# ---- addresses --------------------------------------------------------------------------------


def test_addresses_lead_to_their_store(tmp_path):
    assert isinstance(file_store("memory://"), ObjectFiles)
    for address, root in (
        (f"file://{tmp_path}/a%20b", tmp_path / "a b"),
        ("instance/files", Path("instance/files")),
    ):
        store = file_store(address)
        assert isinstance(store, LocalFiles)
        assert store.root == root


def test_an_unknown_address_is_refused():
    with pytest.raises(ValueError, match="ftp"):
        file_store("ftp://host/files")
