"""Checks contracts with the model and the JSON schema that the standard publishes; prints a line for each problem.

Arguments: contract files. The model alone lets unknown fields through; the schema is closed.
"""

import json
import pathlib
import sys

import jsonschema
import open_data_contract_standard
import yaml
from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

folder = pathlib.Path(open_data_contract_standard.__file__).parent
schema = json.loads((folder / "schema.json").read_text())
Validator = jsonschema.validators.validator_for(schema)
validator = Validator(schema, format_checker=Validator.FORMAT_CHECKER)

for name in sys.argv[1:]:
    text = pathlib.Path(name).read_text()
    for error in validator.iter_errors(yaml.safe_load(text)):
        print(f"{name}: schema: {error.json_path}: {error.message}")
    try:
        OpenDataContractStandard.from_string(text)
    except ValidationError as error:
        for one in error.errors():
            print(f"{name}: model: {'.'.join(map(str, one['loc']))}: {one['msg']}")
