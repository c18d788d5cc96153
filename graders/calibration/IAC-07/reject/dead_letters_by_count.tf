# why: the queues have keys, their dead letter queues are counted
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "dead" {
  count = length(var.teams)
  name  = "work-${var.teams[count.index]}-dead"
}

resource "aws_sqs_queue" "team" {
  for_each = toset(var.teams)
  name     = "work-${each.key}"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[index(var.teams, each.key)].arn
    maxReceiveCount     = 4
  })
}
