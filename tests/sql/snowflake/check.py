"""Reads a script for Snowflake as JSON on standard input and prints what is wrong with it, one problem a line.

Each statement has to parse in sqlglot's Snowflake dialect. A view has to be what sqlglot makes of its text in Athena, and
may name only columns there are.

Input: {"statements": [...], "athena": {"gold.view": "create or replace view ..."},
        "tables": {"silver": {"orders": ["order_id", ...]}}, "selects": {"gold.mart": "select ..."}}
"""

import json
import logging
import re
import sys

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

# What sqlglot keeps as text: it knows these statements by their first words only.
KNOWN_AS_TEXT = re.compile(
    r"create (external volume|catalog integration|role) |grant select on all (iceberg tables|views) in schema ",
)


def check(script):
    schema = {area: {name: {column: "varchar" for column in columns} for name, columns in tables.items()}
              for area, tables in script["tables"].items()}
    for target, select in script["selects"].items():
        area, name = target.split(".")
        columns = sqlglot.parse_one(select, dialect="athena").named_selects
        schema.setdefault(area, {})[name] = {column: "varchar" for column in columns}
    for statement in script["statements"]:
        for problem in problems(statement, script["athena"], schema):
            yield f"{statement.splitlines()[0]}: {problem}"


def problems(statement, athena, schema):
    try:
        [tree] = sqlglot.parse(statement, dialect="snowflake")
    except (sqlglot.errors.SqlglotError, ValueError) as error:
        yield str(error).splitlines()[0]
        return
    if isinstance(tree, exp.Command):
        if not KNOWN_AS_TEXT.match(statement):
            yield "sqlglot does not know this statement"
    elif isinstance(tree, exp.Create) and tree.kind == "VIEW":
        yield from view_problems(tree, athena[f"{tree.this.db}.{tree.this.name}"], schema)


def view_problems(tree, athena, schema):
    here = tree.sql("snowflake", comments=False)
    [there] = sqlglot.transpile(athena, read="athena", write="snowflake", comments=False)
    if here != there:
        yield f"core/snowflake/dialect.ts makes\n  {here}\nof it, and sqlglot\n  {there}"
    for division in tree.find_all(exp.Div):
        if not division.find_ancestor(exp.Floor, exp.Cast):
            yield f"{division.sql()}: integers divide to integers in Athena alone; put it into floor() or a cast"
    for select in tree.find_all(exp.Select):
        if any(column.find(exp.In) and column.find(exp.In).args.get("query") for column in select.expressions):
            yield "has IN with a subquery among its columns, which Snowflake documents for WHERE only"
    try:
        query = qualify(tree.expression.copy(), schema=schema, dialect="snowflake")
    except sqlglot.errors.OptimizeError as error:
        yield str(error)
        return
    target = tree.this
    schema.setdefault(target.db.lower(), {})[target.name.lower()] = {
        name.lower(): "varchar" for name in query.named_selects
    }


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    for line in check(json.load(sys.stdin)):
        print(line)
