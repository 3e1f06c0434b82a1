"""Holds custom resources to their definitions, refusing unknown fields. usage: validate-custom.py RESOURCES.yaml CRD.yaml..."""

import sys

import jsonschema
import yaml


def strict(node):
    """As the API server: a field that the definition does not name is an error."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: strict(value) for key, value in node.items()}
    if result.get('x-kubernetes-int-or-string'):
        result.pop('type', None)
        result.pop('anyOf', None)
        result['oneOf'] = [{'type': 'string'}, {'type': 'integer'}]
    open_ended = result.get('x-kubernetes-preserve-unknown-fields') or 'additionalProperties' in result
    if isinstance(result.get('properties'), dict) and result.get('type') == 'object' and not open_ended:
        result['additionalProperties'] = False
    return result


def definitions(files):
    for file in files:
        with open(file) as text:
            for crd in yaml.safe_load_all(text):
                for version in crd['spec']['versions'] if crd and crd['kind'] == 'CustomResourceDefinition' else []:
                    schema = version['schema']['openAPIV3Schema']
                    schema['properties']['metadata'] = {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}
                    yield (f"{crd['spec']['group']}/{version['name']}", crd['spec']['names']['kind']), strict(schema)


resources, *crds = sys.argv[1:]
known = dict(definitions(crds))
failed = False
with open(resources) as text:
    for resource in yaml.safe_load_all(text):
        schema = known.get((resource['apiVersion'], resource['kind']))
        errors = list(jsonschema.Draft7Validator(schema).iter_errors(resource)) if schema else ['no definition']
        for error in errors:
            where = '/'.join(map(str, getattr(error, 'absolute_path', [])))
            print(f"{resource['kind']} {where}: {getattr(error, 'message', error)[:300]}")
        failed = failed or bool(errors)
sys.exit(failed)
