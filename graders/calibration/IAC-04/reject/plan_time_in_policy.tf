# why: a policy that ends 30 days after the run is another one in each run
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "in" {
  name = "partner-in"
}

data "aws_iam_policy_document" "partner" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.in.arn]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::210987654321:root"]
    }
    condition {
      test     = "DateLessThan"
      variable = "aws:CurrentTime"
      values   = [timeadd(plantimestamp(), "720h")]
    }
  }
}

resource "aws_sqs_queue_policy" "partner" {
  queue_url = aws_sqs_queue.in.id
  policy    = data.aws_iam_policy_document.partner.json
}
