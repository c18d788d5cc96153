# why: one policy lists all, and is updated in place
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

resource "aws_iam_policy" "read" {
  name = "read-work"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:ReceiveMessage", Resource = [for q in aws_sqs_queue.team : q.arn] }]
  })
}
