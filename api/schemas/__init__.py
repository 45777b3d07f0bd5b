"""What requests must look like and what answers look like: pydantic models, the source of the OpenAPI document."""
