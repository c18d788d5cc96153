"""Findings in the formats that CI systems read: JUnit XML, SARIF, GitHub annotations."""
