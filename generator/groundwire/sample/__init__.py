"""The bundled sample: fictional outlets that retell real events of December 2021, and the run that publishes them."""
