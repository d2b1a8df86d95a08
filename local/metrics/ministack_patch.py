"""What MiniStack does with alarms and with the metrics of functions, corrected at run time.

MiniStack evaluates an alarm whenever a metric is put, without regard to dimensions and missing data. Alarms are
evaluated by the metrics bridge (bridge.ts) instead, by CloudWatch's rules; it sets their state through SetAlarmState,
and the emulator sends the message that CloudWatch would send. `apply()` is called before MiniStack starts.
"""

import inspect
import json
from datetime import datetime, timezone

import ministack.services.cloudwatch as cloudwatch
import ministack.services.lambda_svc as lambda_svc
import ministack.services.sns as sns
from ministack.core.responses import get_account_id, get_region, new_uuid

ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}

# CloudWatch writes the region's name, not its code.
REGION_NAMES = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "EU (Ireland)",
    "eu-central-1": "EU (Frankfurt)",
}


class UpstreamChanged(Exception):
    """MiniStack is not what this was written for."""


class ExactDimensions(dict):
    """No dimensions at all name one metric, not all of them."""

    def __bool__(self) -> bool:
        return True


def check(module, name: str, parameters: list[str]) -> None:
    function = getattr(module, name, None)
    if function is None or list(inspect.signature(function).parameters) != parameters:
        raise UpstreamChanged(f"{module.__name__}.{name} is not ({', '.join(parameters)})")


def apply() -> None:
    """Puts the corrections in place; raises UpstreamChanged if a function is not as it was in MiniStack 1.5.33."""
    check(cloudwatch, "_evaluate_alarm", ["alarm"])
    check(cloudwatch, "_dispatch_alarm_actions", ["alarm", "old_state", "new_state", "reason"])
    check(cloudwatch, "_dims_from_list", ["dimensions"])
    check(lambda_svc, "_emit_lambda_metrics", ["function_name", "duration_ms", "error", "throttle"])
    check(lambda_svc, "_execute_function_dispatch", ["func", "config", "event", "request_id", "started"])
    check(sns, "_fanout", ["topic_arn", "msg_id", "message", "subject", "message_structure", "message_attributes",
                           "message_group_id", "message_dedup_id"])

    cloudwatch._evaluate_alarm = lambda alarm: None
    cloudwatch._dispatch_alarm_actions = send_alarm_actions
    dims_from_list = cloudwatch._dims_from_list
    cloudwatch._dims_from_list = lambda dimensions: ExactDimensions(dims_from_list(dimensions))
    count_every_invocation()


def send_alarm_actions(alarm, old_state, new_state, reason) -> None:
    """Publishes to the SNS topics of the new state's actions, in the form that CloudWatch has.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    if not alarm.get("ActionsEnabled", True):
        return
    topics = [arn for arn in alarm.get(ACTIONS[new_state]) or [] if cloudwatch._is_sns_action_arn(arn)]
    if not topics:
        return
    subject = f'{new_state}: "{alarm["AlarmName"]}" in {REGION_NAMES.get(get_region(), get_region())}'[:100]
    text = json.dumps(message(alarm, old_state, new_state, reason))
    for topic in topics:
        sns._fanout(topic, new_uuid(), text, subject)


def message(alarm, old_state, new_state, reason) -> dict:
    what = {"AlarmRule": alarm["AlarmRule"]} if "AlarmRule" in alarm else {"Trigger": trigger(alarm)}
    return {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": get_account_id(),
        "AlarmConfigurationUpdatedTimestamp": moment(alarm.get("AlarmConfigurationUpdatedTimestamp")),
        "NewStateValue": new_state,
        "NewStateReason": reason,
        "StateChangeTime": moment(),
        "Region": REGION_NAMES.get(get_region(), get_region()),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": old_state,
        "OKActions": alarm.get("OKActions") or [],
        "AlarmActions": alarm.get("AlarmActions") or [],
        "InsufficientDataActions": alarm.get("InsufficientDataActions") or [],
        **what,
    }


def trigger(alarm) -> dict:
    extended = alarm.get("ExtendedStatistic")
    statistic = (
        {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
        if extended
        else {"StatisticType": "Statistic", "Statistic": str(alarm.get("Statistic") or "").upper()}
    )
    return {
        "MetricName": alarm.get("MetricName"),
        "Namespace": alarm.get("Namespace"),
        **statistic,
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": d["Value"], "name": d["Name"]} for d in alarm.get("Dimensions") or []],
        "Period": alarm.get("Period"),
        "EvaluationPeriods": alarm.get("EvaluationPeriods"),
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods"),
        "ComparisonOperator": alarm.get("ComparisonOperator"),
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile") or "",
    }


def moment(epoch: float | None = None) -> str:
    at = datetime.now(timezone.utc) if epoch is None else datetime.fromtimestamp(epoch, timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def count_every_invocation() -> None:
    """AWS/Lambda metrics for every invocation: upstream has them only for those made through the Invoke API."""
    emit = lambda_svc._emit_lambda_metrics
    dispatch = lambda_svc._execute_function_dispatch

    def emit_throttles_only(function_name, duration_ms, error, throttle):
        # On AWS a throttled request is no invocation.
        if throttle:
            cloudwatch.record_metric("AWS/Lambda", "Throttles", 1, "Count", {"FunctionName": function_name})

    def dispatch_and_count(func, config, event, request_id, started):
        before = datetime.now()
        failed = True
        try:
            result = dispatch(func, config, event, request_id, started)
            failed = isinstance(result, dict) and bool(result.get("error"))
            return result
        finally:
            milliseconds = (datetime.now() - before).total_seconds() * 1000
            emit(config.get("FunctionName", "unknown"), milliseconds, failed, False)

    lambda_svc._emit_lambda_metrics = emit_throttles_only
    lambda_svc._execute_function_dispatch = dispatch_and_count
