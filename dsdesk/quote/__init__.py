"""The request for quotation: as data, as PDF and XLSX."""
