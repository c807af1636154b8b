"""Spreadsheets in and out: the only door to openpyxl and XlsxWriter."""
