# why: the queue has a policy as an argument and another one as a resource
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "in" {
  name = "partner-in"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "*" }]
  })
}

resource "aws_sqs_queue_policy" "in" {
  queue_url = aws_sqs_queue.in.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sqs:SendMessage", Resource = "*" }]
  })
}
