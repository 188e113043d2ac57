"""A slide goes into a bundle and comes out of it with identical counts."""

import hashlib
import zipfile

import msgspec
import pytest

from config import SmearwatchError, load
from monitor.bundle.manifest import MANIFEST
from monitor.bundle.write import write_bundle
from monitor.store import (
    SlideExists,
    audit_trail,
    dump_slide,
    events,
    field_cells,
    record_deed,
    restore_slide,
    slide_map,
    summary,
)


@pytest.fixture
def bundle(slide, run, tmp_path):
    out = tmp_path / "a.smearwatch.zip"
    result = run("bundle", "a", "-o", out)
    assert result.exit_code == 0, result.output
    return out


def rewritten(bundle, changes, manifest=None):
    """The bundle with files changed, and a manifest that names them as they are now."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files |= changes
    listed = msgspec.json.decode(files.pop(MANIFEST))
    for name, data in changes.items():
        listed["members"][name] = {
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    listed |= manifest or {}
    out = bundle.with_name("changed.zip")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: msgspec.json.encode(listed), **files}.items():
            archive.writestr(name, data)
    return out


def refusal(result):
    assert isinstance(result.exception, SmearwatchError), result.output
    assert result.exception.exit_code == 1
    line = str(result.exception)
    assert "\n" not in line
    return line


def member(bundle, name):
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(name)


def test_a_replay_gives_identical_counts(bundle, run):
    result = run("replay", bundle)
    assert result.exit_code == 0, result.output
    assert "180 cells in 3 fields, 9 flagged, 3 without a score: identical" in result.stdout


def test_the_same_slide_gives_the_same_bytes(bundle, run, tmp_path):
    again = tmp_path / "again.zip"
    assert run("bundle", "a", "-o", again).exit_code == 0
    assert again.read_bytes() == bundle.read_bytes()


def test_it_holds_model_card_settings_and_no_password(slide, run, tmp_path, store_settings):
    out = tmp_path / "b.zip"
    assert run("bundle", "a", "-o", out, "--set", "decision.confidence=0.9").exit_code == 0
    model = msgspec.json.decode(member(out, "model.json"))
    assert model["model_id"].startswith("draem-")
    assert len(model["weights_sha256"]) == 64
    assert b"architecture: draem" in member(out, "card.yaml")
    assert msgspec.json.decode(member(out, "settings.json"))["decision"]["confidence"] == 0.9
    assert msgspec.json.decode(member(out, "slide.json"))["software_version"] == "0.1.0"


def test_a_password_of_the_store_is_masked(slide, tmp_path):
    out = tmp_path / "p.zip"
    settings = load(None, {"store.url": "redis://me:hidden@host"}, {})
    with out.open("wb") as stream:
        write_bundle("a", dump_slide(slide, "a"), settings, stream)
    assert b"hidden" not in member(out, "settings.json")


def test_an_imported_slide_is_the_same_slide(bundle, run, store, store_settings):
    record_deed(store, "a", "reviewed", "3 cells", who="Ana")
    where = ("--data-dir", store_settings.data_dir)
    result = run("replay", bundle, "--import", "--slide", "b", *where)
    assert result.exit_code == 0, result.output
    first, second = (msgspec.structs.replace(summary(store, one), slide="") for one in "ab")
    assert first == second
    logs = [
        [
            (f.number, f.scores.tobytes(), f.boxes.tobytes(), f.worst_boxes)
            for f in field_cells(store, one)
        ]
        for one in "ab"
    ]
    assert logs[0] == logs[1]
    assert events(store, "a") == events(store, "b")
    assert slide_map(store, "a") == slide_map(store, "b")
    assert [one.action for one in audit_trail(store, "b")] == ["imported"]
    one, two = dump_slide(store, "a"), dump_slide(store, "b")
    assert (one.seen, one.done, one.flagged) == (two.seen, two.done, two.flagged)


def test_an_id_that_is_taken_is_refused_and_its_slide_untouched(bundle, run, store, store_settings):
    before = dump_slide(store, "a")
    result = run("replay", bundle, "--import", "--data-dir", store_settings.data_dir)
    assert "slide a exists: choose another id with --slide ID" in str(result.exception)
    assert dump_slide(store, "a") == before
    with pytest.raises(SlideExists):
        restore_slide(store, "a", before)


def test_deeds_that_change_the_slide_travel_with_it(slide, run, tmp_path):
    record_deed(slide, "a", "reviewed", "3 cells", who="Ana")
    out = tmp_path / "b.zip"
    run("bundle", "a", "-o", out)
    ((_, deed),) = msgspec.json.decode(member(out, "audit.json"))
    assert (deed["who"], deed["action"], deed["text"]) == ("Ana", "reviewed", "3 cells")


def test_what_differs_is_said_and_it_is_a_failure(bundle, run):
    fields = msgspec.json.decode(member(bundle, "slide.json"))
    changed = rewritten(bundle, {"slide.json": msgspec.json.encode(fields | {"flagged": "8"})})
    line = refusal(run("replay", changed))
    assert "flagged 8 is 9" in line
    scores = bytearray(member(bundle, "scores.f32"))
    scores[4:8] = b"\0\0\0\0"
    changed = rewritten(bundle, {"scores.f32": bytes(scores)})
    line = refusal(run("replay", changed, "--json"))
    assert "flagged 9 is 8" in line
    assert "flagged of field 0 2 is 1" in line
    fields["frames_seen"] = "5"
    changed = rewritten(bundle, {"slide.json": msgspec.json.encode(fields)})
    assert "frames_seen 5 is 4" in refusal(run("replay", changed))


def test_another_model_scores_the_stored_crops_alone_and_says_so(bundle, run):
    data = msgspec.json.decode(run("replay", bundle, "--model", "conv-wide", "--json").stdout_bytes)
    scored = data["rescored"]
    assert scored["model_id"].startswith("conv-wide-")
    assert scored["stored"] == scored["flagged_then"] == len(scored["cells"]) == 9
    assert scored["flagged_now"] == sum(one["flagged_now"] for one in scored["cells"])
    # All crops are alike, so one model gives them one score.
    assert len({one["score_now"] for one in scored["cells"]}) == 1
    assert data["recount"]["differences"] == []


def test_a_slide_that_is_being_counted_has_no_bundle(store, run, tmp_path, unfinished):
    unfinished("live")
    result = run("bundle", "live", "-o", tmp_path / "l.zip")
    assert "is being counted: end it first with smearwatch finish live" in str(result.exception)
    assert list(tmp_path.iterdir()) == []
