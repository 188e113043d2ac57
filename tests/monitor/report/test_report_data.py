"""A report as programs read it: JSON and FHIR."""

import msgspec
import pytest
from fhir.resources.bundle import Bundle as R5Bundle
from fhir.resources.R4B.bundle import Bundle as R4Bundle

from monitor.report.content import Report
from monitor.store import audit_trail


@pytest.fixture
def written(slide, run, tmp_path, decoded):
    def written(name):
        result = run("report", "a", "-o", tmp_path / name)
        assert result.exit_code == 0, result.output
        return decoded(tmp_path / name)

    return written


@pytest.fixture
def fhir(written):
    return written("r.fhir.json")


def by_code(bundle):
    observations = [
        one["resource"]
        for one in bundle["entry"]
        if one["resource"]["resourceType"] == "Observation"
    ]
    return {one["code"]["coding"][0]["code"]: one for one in observations}


def test_json_is_versioned_and_reads_back(written, tmp_path):
    data = written("r.json")
    assert (data["schema"], data["version"], data["status"]) == (
        "smearwatch-report",
        1,
        "preliminary",
    )
    assert "Not a medical device" in data["notice"]
    assert data["summary"]["cells"] == 180
    assert data["summary"]["flagged"] == len(data["flagged"]) == 9
    assert data["quality"]["lost"][0]["reason"] == "blurred"
    assert [one["kind"] for one in data["quality"]["noticed"]] == ["dust"]
    assert data["model"]["figures"]["malaria-fields"]["auroc"] > 0.9
    again = msgspec.convert(data, Report)
    assert msgspec.json.decode(msgspec.json.encode(again)) == data


def test_standard_output_has_the_same(slide, run):
    data = msgspec.json.decode(run("report", "a", "--json").stdout_bytes)
    assert data["summary"]["cells"] == 180


@pytest.mark.parametrize("bundle", [R4Bundle, R5Bundle])
def test_fhir_holds_for_both_releases(fhir, bundle):
    assert len(bundle.model_validate(fhir).entry) == len(fhir["entry"])


def test_fhir_gives_the_counts_in_ucum_units(fhir):
    found = by_code(fhir)
    assert found["cells"]["valueQuantity"]["value"] == 180
    assert found["flagged"]["valueQuantity"]["value"] == 9
    share = found["flagged-share"]
    assert share["valueQuantity"]["value"] == pytest.approx(100 * 9 / 177)
    assert share["valueQuantity"]["code"] == "%"
    low, high = (part["valueQuantity"]["value"] for part in share["component"])
    assert low < 100 * 9 / 177 < high
    assert found["parasites-per-ul"]["valueQuantity"]["code"] == "/uL"
    for one in found.values():
        value = one.get("valueQuantity", {"system": "http://unitsofmeasure.org"})
        assert value["system"] == "http://unitsofmeasure.org"


def test_fhir_claims_no_diagnosis(fhir):
    report = fhir["entry"][0]["resource"]
    assert report["resourceType"] == "DiagnosticReport"
    assert "conclusionCode" not in report
    assert "Not a medical device" in report["conclusion"]
    assert (
        {one["status"] for one in by_code(fhir).values()} == {report["status"]} == {"preliminary"}
    )
    assert b"loinc" not in msgspec.json.encode(fhir).lower()


def test_every_reference_is_to_an_entry(fhir):
    names = {one["fullUrl"] for one in fhir["entry"]}
    assert len(names) == len(fhir["entry"])
    text = msgspec.json.encode(fhir["entry"]).decode()
    referred = {part.split('"')[0] for part in text.split('"reference":"')[1:]}
    assert referred <= names
    assert len(referred) == len(names) - 1


def test_the_audit_trail_knows_of_the_report(written, store):
    written("r.json")
    assert [(one.action, one.text) for one in audit_trail(store, "a")] == [
        ("exported", "report r.json")
    ]
