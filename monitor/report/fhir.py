"""Writes a report as FHIR: a DiagnosticReport and its Observations in a Bundle.

Only elements that FHIR R4, R4B and R5 share are used. Flagged cells are no Plasmodium, so no LOINC
code that names a parasite fits; what is observed has a code of our own system, and text.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from monitor.report.content import Report
from monitor.statistics.decision import Decision

SYSTEM = "urn:smearwatch:observation"
SLIDES = "urn:smearwatch:slide"
MODELS = "urn:smearwatch:model"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:smearwatch:report")

Resource = dict[str, Any]


def fhir_bundle(report: Report) -> Resource:
    """Give the report as a FHIR Bundle of type ``collection``, as JSON values.

    The status of all is ``preliminary``; no conclusion code is given, that is, no diagnosis.
    """
    slide, start = report.summary.slide, report.summary.started_at
    specimen = {
        "resourceType": "Specimen",
        "identifier": [{"system": SLIDES, "value": slide}],
        "type": {"text": "thin blood smear, Giemsa"},
    }
    device = {
        "resourceType": "Device",
        "identifier": [{"system": MODELS, "value": report.summary.model_id}],
        "version": [{"value": f"smearwatch {report.summary.software_version}"}],
        "note": [{"text": report.notice}],
    }
    names = {kind: _name(f"{slide}/{start}/{kind}") for kind in ("specimen", "device", "report")}
    about = {
        "status": "preliminary",
        "specimen": {"reference": names["specimen"]},
        "device": {"reference": names["device"]},
        "effectivePeriod": _period(report),
        "issued": report.made_at,
        "note": [{"text": report.notice}],
        "category": [_coding(CATEGORY, "laboratory", "Laboratory")],
    }
    observed = [
        (_name(f"{slide}/{start}/{code}"), _observation(code, text, value, about))
        for code, text, value in _observed(report)
    ]
    entries = [
        (names["report"], _diagnostic_report(report, names, [name for name, _ in observed])),
        *observed,
        (names["specimen"], specimen),
        (names["device"], device),
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": report.made_at,
        "entry": [{"fullUrl": name, "resource": resource} for name, resource in entries],
    }


def _diagnostic_report(report: Report, names: dict[str, str], results: list[str]) -> Resource:
    said = report.words.verdict or "not decided"
    simulated = "SIMULATED slide. " if report.summary.simulated else ""
    return {
        "resourceType": "DiagnosticReport",
        "identifier": [{"system": SLIDES, "value": report.summary.slide}],
        "status": "preliminary",
        "category": [_coding(SECTION, "HM", "Hematology")],
        "code": {"text": "red blood cell count on a thin blood smear, automated screening"},
        "effectivePeriod": _period(report),
        "issued": report.made_at,
        "specimen": [{"reference": names["specimen"]}],
        "result": [{"reference": name} for name in results],
        "conclusion": f"{simulated}{said}. {report.notice}",
    }


def _observed(report: Report) -> Iterator[tuple[str, str, Resource]]:
    """Give code, text and value of each observation; what is not known is left out."""
    counted, decision = report.summary, report.summary.decision
    for code, text, count in (
        ("cells", "red blood cells counted", counted.cells),
        ("flagged", "red blood cells that look unhealthy to the model", counted.flagged),
        ("unscored", "red blood cells without a score", counted.unscored),
        ("fields", "fields of view counted", counted.fields),
    ):
        yield code, text, {"valueQuantity": _quantity(count, "{count}", "1")}
    share, low, high = counted.parasitemia, counted.parasitemia_low, counted.parasitemia_high
    if share is not None:
        parts = _interval(low, high, "%", 100)
        text = "flagged share of the scored cells, 95 % Wilson interval"
        yield "flagged-share", text, {"valueQuantity": _percent(share), **parts}
    if decision is not None:
        yield "verdict", "verdict of the count", {"valueString": report.words.verdict}
        # Of a slide that cannot be interpreted no figure means anything.
        if decision.verdict != "not_interpretable":
            yield from _decided(decision)


def _decided(decision: Decision) -> Iterator[tuple[str, str, Resource]]:
    share = decision.parasitemia_corrected
    if share is not None:
        low, high = decision.parasitemia_corrected_low, decision.parasitemia_corrected_high
        value = {"valueQuantity": _percent(share), **_interval(low, high, "%", 100)}
        yield "parasitemia-corrected", "parasitemia, corrected for the model's errors", value
    per_ul, unit = decision.parasites_per_ul, "/uL"
    if per_ul is not None:
        low, high = decision.parasites_per_ul_low, decision.parasites_per_ul_high
        value = {"valueQuantity": _quantity(per_ul, unit, unit), **_interval(low, high, unit)}
        yield "parasites-per-ul", "parasites per microlitre, corrected", value
    limit = decision.limit_of_detection_per_ul
    if limit is not None:
        text = "limit of detection with the cells counted, parasites per microlitre"
        yield "limit-of-detection", text, {"valueQuantity": _quantity(limit, unit, unit)}


def _observation(code: str, text: str, value: Resource, about: Resource) -> Resource:
    named = {"coding": [{"system": SYSTEM, "code": code, "display": text}], "text": text}
    return {"resourceType": "Observation", "code": named, **about, **value}


def _interval(low: float | None, high: float | None, unit: str, times: float = 1) -> Resource:
    ends = [("low", low), ("high", high)]
    return {
        "component": [
            {
                "code": {"coding": [{"system": SYSTEM, "code": f"interval-{end}"}]},
                "valueQuantity": _quantity(times * value, unit, unit),
            }
            for end, value in ends
            if value is not None
        ]
    }


def _percent(share: float) -> Resource:
    return _quantity(100 * share, "%", "%")


def _quantity(value: float, unit: str, code: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def _coding(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _period(report: Report) -> dict[str, str]:
    start, end = report.summary.started_at, report.summary.ended_at
    return {"start": start} if end is None else {"start": start, "end": end}


def _name(text: str) -> str:
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, text)}"
