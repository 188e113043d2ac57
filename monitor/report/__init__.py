"""A slide's report: one content, written as HTML, PDF, JSON or FHIR."""
