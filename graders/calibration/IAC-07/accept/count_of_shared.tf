# why: count only switches what is shared; the queues have keys
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "dead" {
  count = length(var.teams) > 0 ? 1 : 0
  name  = "work-dead"
}

resource "aws_sqs_queue" "team" {
  for_each = toset(var.teams)
  name     = "work-${each.key}"
  redrive_policy = jsonencode({
    deadLetterTargetArn = one(aws_sqs_queue.dead[*].arn)
    maxReceiveCount     = 4
  })
}
