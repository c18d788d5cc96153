# why: the first team owns the main queue, the others hang on it by key; with the first the main queue is replaced
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "main" {
  name = "work-${element(var.teams, 0)}"
}

resource "aws_sqs_queue" "team" {
  for_each = toset(slice(var.teams, 1, length(var.teams)))
  name     = "work-${each.key}"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.main.arn
    maxReceiveCount     = 4
  })
}
