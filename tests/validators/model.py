"""What botocore's model of a service says of a value: its members and types, and the words that are allowed,
which botocore itself leaves to the service."""

from botocore.validate import ParamValidator


def faults_of_model(value, shape):
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        yield report.generate_report()
    else:
        yield from faults_of_words(value, shape)


def faults_of_words(value, shape):
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from faults_of_words(member, shape.members[name])
    elif shape.type_name == "list":
        for member in value:
            yield from faults_of_words(member, shape.member)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{value} is none of {', '.join(shape.enum)}"
