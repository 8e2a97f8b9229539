"""The bundled dataset's own format: strict readers that turn its files into dated facts."""
