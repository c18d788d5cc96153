# why: the alarms are chained to the queues
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = toset(var.teams)
  name     = "work-${each.key}"
}

resource "aws_cloudwatch_metric_alarm" "old" {
  for_each            = aws_sqs_queue.team
  alarm_name          = "old-messages-${each.key}"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 600
  comparison_operator = "GreaterThanThreshold"
}
