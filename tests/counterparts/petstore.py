"""The pet store's data, and its description in Swagger 2.0, cut to what documents use."""

from __future__ import annotations

from typing import Any

PETS: list[dict[str, Any]] = [
    {
        "id": number,
        "category": {"id": 1, "name": "dogs"},
        "name": name,
        "photoUrls": [],
        "tags": [],
        "status": status,
    }
    for number, name, status in [(1, "Milou", "available"), (2, "Idefix", "available"), (3, "Rantanplan", "sold"), (4, "Lassie", "pending")]
]

_PET = {"200": {"description": "successful operation", "schema": {"$ref": "#/definitions/Pet"}}, "404": {"description": "Pet not found"}}

SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Swagger Petstore", "version": "1.0.7"},
    "host": "petstore.swagger.io",
    "basePath": "/v2",
    "schemes": ["https", "http"],
    "paths": {
        "/pet/findByStatus": {
            "get": {
                "operationId": "findPetsByStatus",
                "produces": ["application/json", "application/xml"],
                "parameters": [
                    {
                        "name": "status",
                        "in": "query",
                        "required": True,
                        "type": "array",
                        "items": {"type": "string", "enum": ["available", "pending", "sold"], "default": "available"},
                        "collectionFormat": "multi",
                    }
                ],
                "responses": {
                    "200": {"description": "successful operation", "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}},
                    "400": {"description": "Invalid status value"},
                },
                "security": [{"petstore_auth": ["write:pets", "read:pets"]}],
            }
        },
        "/pet/{petId}": {
            "get": {
                "operationId": "getPetById",
                "produces": ["application/json", "application/xml"],
                "parameters": [{"name": "petId", "in": "path", "required": True, "type": "integer", "format": "int64"}],
                "responses": _PET,
                "security": [{"api_key": []}],
            }
        },
    },
    "securityDefinitions": {
        "api_key": {"type": "apiKey", "name": "api_key", "in": "header"},
        "petstore_auth": {
            "type": "oauth2",
            "authorizationUrl": "https://petstore.swagger.io/oauth/authorize",
            "flow": "implicit",
            "scopes": {"read:pets": "read your pets", "write:pets": "modify pets in your account"},
        },
    },
    "definitions": {
        "Pet": {
            "type": "object",
            "required": ["name", "photoUrls"],
            "properties": {
                "id": {"type": "integer", "format": "int64"},
                "name": {"type": "string"},
                "photoUrls": {"type": "array", "items": {"type": "string"}},
                "status": {"type": "string", "enum": ["available", "pending", "sold"]},
            },
        }
    },
}
