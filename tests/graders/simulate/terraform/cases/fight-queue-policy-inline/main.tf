provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "in" {
  name   = "in"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }] })
}

resource "aws_sqs_queue_policy" "in" {
  queue_url = aws_sqs_queue.in.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "sqs:*", Resource = "*" }] })
}
